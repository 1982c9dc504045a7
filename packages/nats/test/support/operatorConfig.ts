import { nkeys } from '@nats-io/transport-node';
import { createHash } from 'node:crypto';

type KeyPair = ReturnType<typeof nkeys.createUser>;

const base64 = (value: string | Uint8Array) => Buffer.from(value).toString('base64url');

/** A token as the server wants it: signed by the nkey of its issuer. */
function tokenOf(issuer: KeyPair, subject: string, type: string, more: object = {}): string {
  const claims = {
    iat: 1_700_000_000,
    iss: issuer.getPublicKey(),
    name: type,
    sub: subject,
    nats: { type, version: 2, ...more },
  };
  const jti = createHash('sha256').update(JSON.stringify(claims)).digest('base64url');
  const head = base64(JSON.stringify({ typ: 'JWT', alg: 'ed25519-nkey' }));
  const body = `${head}.${base64(JSON.stringify({ jti, ...claims }))}`;
  return `${body}.${base64(issuer.sign(new TextEncoder().encode(body)))}`;
}

/** A server in operator mode, the token of a user of its account, and one that a stranger has signed for this user. */
export function operatorConfig(user: string) {
  const operator = nkeys.createOperator();
  const account = nkeys.createAccount();
  const limits = {
    subs: -1,
    data: -1,
    payload: -1,
    imports: -1,
    exports: -1,
    wildcards: true,
    conn: -1,
    leaf: -1,
  };
  const accountJwt = tokenOf(operator, account.getPublicKey(), 'account', { limits });
  const permissions = { pub: {}, sub: {}, subs: -1, data: -1, payload: -1 };
  return {
    config: `operator: ${tokenOf(operator, operator.getPublicKey(), 'operator')}
resolver: MEMORY
resolver_preload: { ${account.getPublicKey()}: ${accountJwt} }`,
    userJwt: tokenOf(account, user, 'user', permissions),
    strangerJwt: tokenOf(nkeys.createAccount(), user, 'user', permissions),
  };
}
