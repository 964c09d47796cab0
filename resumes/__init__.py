"""What a résumé is: schema, readers, cleaning, personal data, model input text, faithfulness."""
