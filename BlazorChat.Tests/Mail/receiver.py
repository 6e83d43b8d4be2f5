"""A mail server for tests: prints each event as a line of JSON, and ends when its input does.

A recipient's name decides the answer: refused@ is unknown, busy@ is to be tried later, spam@ is refused once the message is there.
"""
import argparse
import asyncio
import base64
import json
import os
import ssl
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--implicit", action="store_true", help="TLS from the first byte")
parser.add_argument("--user")
parser.add_argument("--password")
options = parser.parse_args()


def say(**event):
    print(json.dumps(event), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = address.split("@")[0].split("-")[0]
        if name == "refused":
            return "550 5.1.1 No such user here"
        if name == "busy":
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("spam"):
            return "554 5.7.1 Not wanted"
        say(event="mail", sender=envelope.mail_from, recipients=envelope.rcpt_tos, tls=session.ssl is not None,
            user=session.auth_data, raw=base64.b64encode(envelope.original_content).decode())
        return "250 OK"


class Server(SMTP):
    def connection_made(self, transport):
        # Called once more when TLS has begun.
        if self.session is None:
            say(event="connection")
        super().connection_made(transport)


def authenticate(server, session, envelope, mechanism, data):
    success = data.login.decode() == options.user and data.password.decode() == options.password
    return AuthResult(success=success, handled=False, auth_data=data.login.decode())


async def serve():
    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)
    starttls = context if not options.implicit else None
    arguments = {}
    if options.user:
        arguments = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": context is not None and not options.implicit}
    server = await asyncio.get_running_loop().create_server(
        lambda: Server(Handler(), hostname="mail.test", tls_context=starttls, require_starttls=starttls is not None, **arguments),
        "127.0.0.1", options.port, ssl=context if options.implicit else None)
    say(event="listening", port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


def end_with_input():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
asyncio.run(serve())
