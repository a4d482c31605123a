"""Does a signature hold? What `tribune audit verify` asks, without any AWS."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """Is it this key's (DER, P-256) signature of that message (ECDSA with SHA-256, DER)? False for any other key or form."""
    try:
        public = serialization.load_der_public_key(key)
    except (ValueError, UnsupportedAlgorithm):
        return False
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        return False
    try:
        public.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
