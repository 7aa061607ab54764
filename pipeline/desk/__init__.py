"""The editors' web app: preview, edit, approve and send the week's issue."""
