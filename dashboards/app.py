"""The rating app: `harness app`, or `streamlit run dashboards/app.py` in a checkout.

The pages are a Streamlit script (`main.py`). Signing in is plain HTML on routes of its own (`sign_in.py`), because
only a server's response can set a cookie that no script in the page can read.
"""

import sys
from pathlib import Path

# `streamlit run` puts this folder on the path, and the packages lie beside it.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import streamlit as st

from dashboards.sign_in import routes

app = st.App("main.py", routes=routes())
