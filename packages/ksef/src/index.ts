/**
 * KSeF 2.0: signing in, the authenticated client, certificates, signatures and the values that they are made of.
 *
 * @module
 */
export type { InvalidRequestError, Issue, Open, WaitOptions } from '@latchkey/http'
export { TokenInfo } from './auth/auth-tokens.ts'
export type { AuthTokens, StoredAuthTokens, StoredToken } from './auth/auth-tokens.ts'
export type { Authentication, RefreshedToken } from './auth/authentication.ts'
export type { AuthenticationResumeState } from './auth/resume-state.ts'
export { ksefTraits } from './auth/grant.ts'
export type {
  SignedRequestSignIn,
  SignInContext,
  SignInOptions,
  TestCertificateSignIn,
  TokenSignIn,
  XadesSignIn,
} from './auth/sign-in-options.ts'
export { AuthenticatedClient } from './authenticated-client.ts'
export { createCertificateRequest } from './certificates/certificate-request.ts'
export type { CertificateEnrollmentData } from './certificates/certificate-request.ts'
export { Certificate, parseCertificate } from './certificates/certificate.ts'
export type { CertificateIdentity } from './certificates/certificate.ts'
export type { CredentialSource } from './certificates/credential-file.ts'
export { credentialErrorCodes } from './certificates/errors.ts'
export type { CredentialErrorCode } from './certificates/errors.ts'
export type { KeyAlgorithm } from './certificates/key-algorithm.ts'
export { loadCertificateAndKeyFromP12 } from './certificates/p12.ts'
export type { CertificateAndKey } from './certificates/p12.ts'
export { loadCertificateFromPem, loadPrivateKeyFromPem } from './certificates/pem.ts'
export { generatePrivateKey } from './certificates/private-key.ts'
export type { KeyKind } from './certificates/private-key.ts'
export { generatePersonalTestCertificate, generateTestCertificate } from './certificates/test-certificate.ts'
export type { TestCertificateOptions, TestPersonOptions, TestSealOptions } from './certificates/test-certificate.ts'
export type { KsefClientOptions } from './client-options.ts'
export type { Encryption } from './encryption/encryption.ts'
export type { EncryptionUsage } from './encryption/public-keys.ts'
export { KsefApiError, ksefErrorCodes } from './errors.ts'
export type { KsefErrorCode, KsefException, KsefSecurity, ReadAnswer } from './errors.ts'
export { KsefClient } from './ksef-client.ts'
export type {
  CertificateQuery,
  CertificateRequest,
  CertificateRevocation,
  KsefCertificates,
} from './operations/certificates.ts'
export type { CallOptions } from './operations/context.ts'
export { KsefTokenNotActiveError } from './operations/ksef-token-error.ts'
export type { KsefTokenQuery, KsefTokens, NewKsefToken } from './operations/ksef-tokens.ts'
export type { Limits, RateLimitsOverride, SubjectLimitsOverride } from './operations/limits.ts'
export type { PageOptions, Pages } from './operations/pages.ts'
export type { Peppol } from './operations/peppol.ts'
export type {
  AuthorizationRequest,
  EntityByFingerprint,
  EntityGrant,
  EuEntityAdministrationGrant,
  EuEntityGrant,
  FingerprintSubjectDetails,
  IndirectGrant,
  NameAndAddress,
  PersonByFingerprintWithIdentifier,
  PersonByFingerprintWithoutIdentifier,
  PersonByIdentifier,
  PersonGrant,
  PersonNames,
  PersonSubjectDetails,
  SubunitGrant,
} from './operations/permission-grants.ts'
export type {
  AuthorizationQuery,
  EntityPermissionQuery,
  EuEntityPermissionQuery,
  PermissionQueries,
  PersonalPermissionQuery,
  PersonPermissionQuery,
  SubordinateEntityRoleQuery,
  SubunitPermissionQuery,
  TargetIdentifier,
  UnitIdentifier,
} from './operations/permission-queries.ts'
export type { Permissions } from './operations/permissions.ts'
export type { Referenced } from './operations/reference.ts'
export type { AuthenticationSessions } from './operations/sessions.ts'
export type { KsefOperation, RateGroup } from './operations/table-row.ts'
export { operations } from './operations/table.ts'
export type { OperationName } from './operations/table.ts'
export type { TemporaryTestdata } from './operations/temporary-testdata.ts'
export type { Testdata, TestPermissionHolder, TestPermissions, TestPerson, TestSubject } from './operations/testdata.ts'
export type { WarningEvent } from './operations/warned-fetch.ts'
export type { ClientRateLimits } from './rates/limits.ts'
export type {
  AuthenticationMethodInfo,
  AuthenticationSession,
  AuthenticationStatus,
} from './values/authentication-session.ts'
export type { AllowedIps, AuthorizationPolicy } from './values/authorization-policy.ts'
export type { Challenge } from './values/challenge.ts'
export { isPeppolId } from './values/context-identifier.ts'
export type { ContextIdentifier, ContextIdentifierType } from './values/context-identifier.ts'
export { Environment, resolveAddresses } from './values/environments.ts'
export type { Addresses, AddressOptions, EnvironmentName } from './values/environments.ts'
export { GeneratedKsefToken } from './values/generated-ksef-token.ts'
export type {
  AuthorizationGrant,
  AuthorizationType,
  EntityPermission,
  EntityRole,
  EuEntityPermission,
  EuEntityPermissionType,
  GrantedPermission,
  PermissionContext,
  PermissionState,
  PermissionSubject,
  PermissionTarget,
  PersonalPermission,
  PersonPermission,
  PersonPermissionType,
  SubordinateEntityRole,
  SubunitPermission,
} from './values/granted-permission.ts'
export type {
  Identifier,
  KnownIdentifier,
  LooseIdentifier,
  SubjectIdentifier,
  ValuelessIdentifier,
} from './values/identifier.ts'
export type {
  CertificateInfo,
  CertificateLimit,
  CertificateLimits,
  EnrollmentAccepted,
  EnrollmentOutcome,
  EnrollmentStatus,
  KsefCertificateStatus,
  KsefCertificateType,
  RetrievedCertificate,
} from './values/ksef-certificate.ts'
export { isCollectiveIdentifier, isKsefNumber, parseKsefNumber } from './values/ksef-number.ts'
export type { KsefNumber } from './values/ksef-number.ts'
export type { KsefTokenInfo, KsefTokenPermission, KsefTokenState } from './values/ksef-token-status.ts'
export { encryptKsefToken } from './values/ksef-token.ts'
export type {
  ContextLimits,
  LaterRateLimitGroup,
  RateLimitGroup,
  RateLimits,
  RateLimitValues,
  SessionLimits,
  SubjectLimits,
} from './values/limits.ts'
export { generateNipVatUe, isNipVatUe } from './values/nip-vat-ue.ts'
export type { VatUeCountry } from './values/nip-vat-ue.ts'
export { generateNip, isInternalId, isNip } from './values/nip.ts'
export type { OffsetPage, OffsetPageQuery, Page, TokenPage, TokenPageQuery } from './values/page.ts'
export type { PeppolProvider } from './values/peppol-provider.ts'
export type {
  AttachmentPermission,
  PermissionOperation,
  PermissionOperationStatus,
  PermissionOutcome,
} from './values/permission-operation.ts'
export type { Permission } from './values/permission.ts'
export type {
  AnyEntityShown,
  AnyPersonShown,
  EntityShown,
  FingerprintPersonType,
  IdDocument,
  PersonShown,
} from './values/person-details.ts'
export { generatePesel, isPesel } from './values/pesel.ts'
export type { PeselOptions } from './values/pesel.ts'
export type { PublicKeyCertificate } from './values/public-key-certificate.ts'
export type { Random } from './values/random.ts'
export { isReferenceNumber } from './values/reference-number.ts'
export type { Progress, StatusInfo } from './values/status.ts'
export type { SystemWarning } from './values/system-warning.ts'
export { buildAuthTokenRequestXml } from './xades/auth-token-request.ts'
export type { AuthTokenRequest, SubjectIdentifierType } from './xades/auth-token-request.ts'
export { signXades } from './xades/sign-xades.ts'
export type { SignXadesOptions } from './xades/sign-xades.ts'
export { localSigner } from './xades/signer.ts'
export type { XadesSigner } from './xades/signer.ts'
