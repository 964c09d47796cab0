"""The stock converter with the untied-head trap closed. Its import takes seconds (torch, transformers)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ctranslate2.converters import TransformersConverter
from ctranslate2.specs import model_spec


class _Converter(TransformersConverter):  # type: ignore[misc]
    """The stock converter, except that an output layer of its own is not scaled.

    T5 multiplies decoder states by ``d_model ** -0.5`` before a *shared* output layer only. transformers 5 reports
    every T5 as tied and keeps the truth in ``scale_decoder_outputs``; the stock converter reads the former, so that an
    untied model keeps its argmax and gets all probabilities wrong.
    """

    def _load(self) -> Any:
        from transformers import AutoConfig

        spec = super()._load()
        config = AutoConfig.from_pretrained(self._model_name_or_path)
        if spec is not None and not getattr(config, "scale_decoder_outputs", True):
            spec.decoder.scale_outputs = model_spec.OPTIONAL
        return spec


def convert(checkpoint: Path, target: Path, quantization: str) -> None:
    """Writes the model of ``checkpoint`` to the new directory ``target``; raises whatever the converter raises."""
    _Converter(str(checkpoint)).convert(str(target), quantization=quantization)
