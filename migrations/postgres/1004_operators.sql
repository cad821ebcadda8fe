CREATE TABLE operators (
    id BYTEA NOT NULL PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password_hash TEXT, -- PHC string; none for who signs in at an identity provider
    is_enabled BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    totp_secret TEXT, -- base32
    totp_is_confirmed BIGINT NOT NULL,
    totp_last_step BIGINT NOT NULL,
    external_id TEXT UNIQUE -- of the identity provider: issuer and subject
);

CREATE TABLE sessions (
    digest BYTEA NOT NULL PRIMARY KEY, -- SHA-256 of what the cookie holds
    id BYTEA NOT NULL UNIQUE,
    operator_id BYTEA NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    active_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_operator ON sessions (operator_id);

-- Failed sign-ins by account and by source address, both as digests.
CREATE TABLE login_throttle (
    key BYTEA NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX login_throttle_by_time ON login_throttle (updated_at);

CREATE TABLE access_log (
    id BYTEA NOT NULL PRIMARY KEY,
    occurred_at BIGINT NOT NULL,
    is_anonymous BIGINT NOT NULL,
    actor TEXT, -- the name of the operator whom a session proves
    action TEXT NOT NULL,
    target TEXT,
    source TEXT NOT NULL,
    count BIGINT NOT NULL
);
CREATE INDEX access_log_by_kind ON access_log (is_anonymous, id);
-- From where operators sign in.
CREATE INDEX access_log_of_sign_ins ON access_log (actor, source, occurred_at) WHERE action = 'session.begin';

-- Sign-ins that are under way at an identity provider.
CREATE TABLE oidc_attempts (
    digest BYTEA NOT NULL PRIMARY KEY,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
