"""The rating app: pages for raters and for the owner of a study, served by Streamlit."""
