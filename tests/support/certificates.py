"""Certificates for a test's servers: an authority of its own, and one signed by it for loopback."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Authority:
    """The files of the authority's certificate, and of the server's certificate and key."""

    certificate: Path
    server: Path
    key: Path

    def of_broker(self) -> dict[str, str]:
        """The settings of a Kafka broker that shows them."""

        def line(path: Path) -> str:
            return path.read_text().strip().replace("\n", "\\n")

        return {
            "ssl.keystore.type": "PEM",
            "ssl.keystore.certificate.chain": line(self.server),
            "ssl.keystore.key": line(self.key),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.certificates": line(self.certificate),
        }


def authority(folder: Path) -> Authority:
    """An authority and a server's certificate, made in `folder`."""
    found = Authority(*(folder / name for name in ("authority.pem", "server.pem", "server.key")))
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = _name("authority")
    basic = x509.BasicConstraints(ca=True, path_length=None)
    ca = _builder(ca_name, ca_name, ca_key).add_extension(basic, critical=True)
    found.certificate.write_bytes(_pem(ca.sign(ca_key, hashes.SHA256())))
    names = x509.SubjectAlternativeName(
        [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    )
    server = _builder(_name("localhost"), ca_name, key).add_extension(names, critical=False)
    found.server.write_bytes(_pem(server.sign(ca_key, hashes.SHA256())))
    found.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return found


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(days=1))
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
