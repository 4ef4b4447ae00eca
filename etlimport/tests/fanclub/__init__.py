"""An app the site never heard of, which refers to the catalogue in every way there is."""
