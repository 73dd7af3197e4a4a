"""The same findings, live: a local web app on loopback, without JavaScript, for whoever holds its printed address."""
