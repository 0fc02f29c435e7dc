"""report.html: one function a section, from the results and what stands beside them."""
