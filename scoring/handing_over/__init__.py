"""Hand-over: what a tablet could not send because the network never came back, as a file or a run of QR codes."""
