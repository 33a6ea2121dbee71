"""Questions to people about one exact call. Until somebody can be asked, a question is a refusal: fail closed."""
