"""The Streamlit page for job seekers."""
