"""SFT, DPO, evaluation, promotion and the model registry."""
