// A real identity provider on loopback. The claims of whoever logs in stand in a file, which is read
// at every log-in; it ends with whoever has started it.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [people, back, port] = process.argv.slice(2);

const server = createServer();
server.listen(Number(port), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(6).toString('hex'), use: 'sig', alg: 'RS256' };
  const client = (id) => ({ client_id: id, client_secret: `secret of ${id}`, redirect_uris: [back] });
  const provider = new Provider(issuer, {
    clients: [client('belang'), client('another')],
    jwks: { keys: [key] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    conformIdTokenClaims: false,
    claims: {
      openid: ['sub', 'belang_role', 'belang_office', 'belang_organisation'],
      profile: ['name', 'preferred_username'],
      email: ['email'],
    },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...JSON.parse(readFileSync(people, 'utf8'))[id] }),
    }),
  });
  server.on('request', provider.callback());
  process.stdout.write(`${issuer}\n`);
});
process.stdin.resume().on('end', () => process.exit(0));
