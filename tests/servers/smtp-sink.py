#!/usr/bin/python3
"""A mail server for tests on 127.0.0.1 that keeps what it gets (Debian: python3-aiosmtpd).

usage: smtp-sink.py MAILDIR MODE [CERT.pem KEY.pem]

MODE is starttls (mail is taken after STARTTLS and a login as user with the password "secret horse"), tls (the same,
encrypted from the first byte) or plain (no encryption, no login). Every message that is taken is written to
MAILDIR/NNNN.eml, behind X-Envelope-* headers; receivers whose names begin with "busy" and "unknown" are refused for now
and for good. Prints "ready PORT" once it listens; ends on SIGTERM.
"""
import asyncio
import logging
import os
import signal
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

LOGIN = LoginPassword(b"user", b"secret horse")


class Sink:
    def __init__(self, maildir):
        self.maildir = maildir
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("busy"):
            return "450 4.2.1 The mailbox is busy"
        if address.startswith("unknown"):
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        name = os.path.join(self.maildir, "%04d.eml" % self.count)
        head = "X-Envelope-From: %s\r\nX-Envelope-To: %s\r\nX-Envelope-Tls: %s\r\nX-Envelope-Login: %s\r\n" % (
            envelope.mail_from, ", ".join(envelope.rcpt_tos), bool(server.transport.get_extra_info("sslcontext")),
            session.authenticated)
        with open(name + ".tmp", "wb") as file:
            file.write(head.encode() + envelope.original_content)
        os.rename(name + ".tmp", name)
        return "250 2.0.0 Taken as %d" % self.count


def authenticate(server, session, envelope, mechanism, login):
    return AuthResult(success=login == LOGIN, handled=False)


def main():
    # A login without STARTTLS is meant where all is encrypted.
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    maildir, mode = sys.argv[1:3]
    os.makedirs(maildir, exist_ok=True)
    tls = None
    if mode != "plain":
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(sys.argv[3], sys.argv[4])
    sink = Sink(maildir)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    def connection():
        return SMTP(
            sink, hostname="localhost", enable_SMTPUTF8=True, loop=loop,
            authenticator=authenticate, auth_required=mode != "plain", auth_require_tls=mode == "starttls",
            auth_exclude_mechanism=[] if mode != "plain" else ["LOGIN", "PLAIN"],
            require_starttls=mode == "starttls", tls_context=tls if mode == "starttls" else None)

    server = loop.run_until_complete(
        loop.create_server(connection, "127.0.0.1", 0, ssl=tls if mode == "tls" else None))
    print("ready %d" % server.sockets[0].getsockname()[1], flush=True)
    loop.add_signal_handler(signal.SIGTERM, loop.stop)
    loop.run_forever()


main()
