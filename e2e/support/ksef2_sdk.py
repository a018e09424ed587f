"""
Runs the published Python SDK of KSeF (ksef2 on PyPI, Python 3.12 or newer), unchanged but for where its host leads,
against a simulator. Prints one JSON line: what each step came to.

Usage: ksef2_sdk.py BASE_URL CREDENTIALS_JSON NIP
"""

import base64
import json
import sys
import warnings

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from ksef2 import Client, Environment, KSeFApiError, models
from ksef2.testdata import generate_nip, generate_pesel
from ksef2.xades import XAdESCredentials

base, credentials, nip = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
quick = {"poll_interval": 0.05}
other = generate_nip()
pesel = generate_pesel()
warnings.simplefilter("ignore", DeprecationWarning)


class Redirected(httpx.HTTPTransport):
    def handle_request(self, request):
        host = "https://api-test.ksef.mf.gov.pl"
        if not str(request.url).startswith(f"{host}/v2/"):
            raise SystemExit("The SDK asked a host that is not TEST's.")
        request.url = httpx.URL(base + str(request.url)[len(host):])
        request.headers["Host"] = request.url.netloc.decode()
        return super().handle_request(request)


def client():
    return Client(Environment.TEST, http_client=httpx.Client(transport=Redirected()))


def current(auth):
    return next(session for session in auth.sessions.list() if session.is_current)


def sign_in(certificate, key, context=nip):
    return client().authentication.with_xades(nip=context, cert=certificate, private_key=key, **quick)


def by_token(token, context):
    return client().authentication.with_token(ksef_token=token, nip=context, **quick)


def with_pem():
    material = credentials["certificate"].encode(), credentials["privateKey"].encode()
    pair = XAdESCredentials.from_pem(*material)
    return client().authentication.with_xades(nip=credentials["nip"], credentials=pair, **quick)


def refresh():
    refreshed = client().authentication.refresh(refresh_token=owner.refresh_token).access_token.token
    old, new = owner.access_token, refreshed
    auth = client().authentication.resume(owner.resume_state())
    return "another access token" if new and new != old and auth.limits.get_subject_limits() else "the same"


def sessions():
    client().authentication.with_test_certificate(nip=nip, **quick)
    found = list(owner.sessions.list())
    owner.sessions.terminate(next(each.reference_number for each in found if not each.is_current))
    return [len(found), len(list(owner.sessions.list()))]


def generated_token():
    generated = owner.tokens.generate(permissions=["invoice_read"], description="For the till")
    status = generated.wait(timeout=30, **quick).status
    return [status, current(by_token(generated.token, nip)).authentication_method]


def enrolled_certificate():
    data = owner.certificates.get_enrollment_data()
    wanted = [
        (NameOID.COMMON_NAME, data.common_name),
        (NameOID.ORGANIZATION_NAME, data.organization_name),
        (NameOID.ORGANIZATION_IDENTIFIER, data.organization_identifier),
        (NameOID.COUNTRY_NAME, data.iso_country_code),
    ]
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in wanted])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    csr = base64.b64encode(request.public_bytes(Encoding.DER)).decode()
    enrolment = owner.certificates.enroll(certificate_name="Till 1", certificate_type="authentication", csr=csr)
    serial = enrolment.wait(timeout=30, **quick).certificate_serial_number
    [issued] = owner.certificates.retrieve(certificate_serial_numbers=[serial]).certificates
    certificate = x509.load_der_x509_certificate(base64.b64decode(issued.base64_encoded_certificate))
    before = next(each for each in owner.certificates.list() if each.serial_number == serial).status
    method = current(sign_in(certificate, key)).authentication_method
    owner.certificates.revoke(certificate_serial_number=serial, reason="superseded")
    after = next(each for each in owner.certificates.list() if each.serial_number == serial).status
    return [before, method, "revoked" if after in ("blocked", "revoked") else after]


def granted_to_person():
    name = {"first_name": "Jan", "last_name": "Nowak", "description": "Bookkeeping"}
    subject = {"subject_type": "pesel", "subject_value": pesel}
    owner.permissions.grant_person(**subject, permissions=["invoice_read"], **name).wait(timeout=30, **quick)
    query = models.PersonPermissionsQuery(query_type="in_context", authorized_type="pesel", authorized_value=pesel)
    found = list(owner.permissions.list_persons(query))
    for each in found:
        owner.permissions.revoke(permission_id=each.id).wait(timeout=30, **quick)
    return [each.permission_type for each in found if not list(owner.permissions.list_persons(query))]


def received_from_another():
    granting = client().authentication.with_test_certificate(nip=other, **quick)
    granting.permissions.grant_entity(
        subject_value=nip, permissions=["invoice_write"], description="Bookkeeping", entity_name="Office"
    ).wait(timeout=30, **quick)
    query = models.EntityPermissionsQuery(context_type="nip", context_value=other)
    return [each.permission_type for each in owner.permissions.list_entities(query)]


def limits():
    context, subject = owner.limits.get_context_limits(), owner.limits.get_subject_limits()
    rates = owner.limits.get_api_rate_limits()
    owner.limits.set_session_limits(limits=context)
    owner.limits.reset_session_limits()
    owner.limits.set_api_rate_limits(limits=rates)
    owner.limits.reset_api_rate_limits()
    online, collective = context.online_session.max_invoices, context.collective_identifier.max_invoices
    return [online, collective, subject.certificate.max_certificates, rates.anonymous.per_second]


def test_data():
    with client().testdata.temporal() as data:
        data.create_person(nip=generate_nip(), pesel=generate_pesel(), description="A trader")
        data.create_subject(nip=generate_nip(), subject_type="vat_group", description="A group")
        data.enable_attachments(nip=nip)
        data.block_context(context=models.AuthContextIdentifier(type="nip", value=other))
    return "person, subject, attachments and block, all undone"


def terminated():
    owner.sessions.terminate_current()
    try:
        client().authentication.refresh(refresh_token=owner.refresh_token)
    except KSeFApiError as error:
        return str(error).split("(")[1].split(")")[0].split(", ")[1]


owner = client().authentication.with_test_certificate(nip=nip, **quick)
steps = {
    "test certificate": lambda: current(owner).authentication_method,
    "KSeF token": lambda: current(by_token(credentials["ksefToken"], credentials["nip"])).authentication_method,
    "PEM certificate": lambda: current(with_pem()).authentication_method,
    "refresh": refresh,
    "sessions": sessions,
    "generated token": generated_token,
    "enrolled certificate": enrolled_certificate,
    "granted to a person": granted_to_person,
    "received from another": received_from_another,
    "limits": limits,
    "test data": test_data,
    "public keys": lambda: [usage for key in client().encryption.get_certificates() for usage in key.usage],
    "terminated": terminated,
}
results = {}
for name, step in steps.items():
    try:
        results[name] = step()
    except Exception as error:  # Whatever the SDK raises is a result, too.
        results[name] = f"{type(error).__name__}: {error}"
print(json.dumps(results))
