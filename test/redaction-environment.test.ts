import { expect, test } from 'vitest'
import { redactorOf } from '../runtime/cassette/redact/redact.ts'
import { secretsIn } from '../runtime/team/settings/secrets.ts'
import { credentials } from './support/credentials.ts'

const letters = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7abcd'
const pem = `-----BEGIN PRIVATE KEY-----\n${letters}\n${letters.toLowerCase()}\nzz==\n-----END PRIVATE KEY-----\n`

/** The text of a run with this environment, as it would be written down. */
const written = (env: Record<string, string>, text: string): string =>
  redactorOf({ secrets: secretsIn(env), home: '', workingDirectory: '' }).text(text)

test('the value of a variable that is named like a credential is a secret of that name', () => {
  const names = [
    'OPENAI_API_KEY',
    'GITHUB_TOKEN',
    'AWS_SECRET_ACCESS_KEY',
    'PGPASSWORD',
    'MYSQL_PWD',
    'DB_PASS',
    'npm_config__authToken',
    'SENTRY_DSN',
    'SESSION_COOKIE',
    'JWT_SECRET',
    'MY_APIKEY',
    'GH_PAT',
    'SMTP_CREDENTIALS',
  ]
  for (const name of names) {
    expect(secretsIn({ [name]: ' some value 123 \n' })[name]).toBe('some value 123')
    expect(written({ [name]: 'some value 123' }, 'it is some value 123')).toBe(`it is \${secret:${name}}`)
  }
})

test('ordinary words, numbers, paths and addresses are no secrets, whatever their variable is called', () => {
  const env = {
    DB_PASSWORD: 'postgres',
    AUTH: 'disabled',
    ADMIN_TOKEN: 'Production',
    MAX_TOKENS: '16777216000000',
    TOKEN_LIMIT: '9007199254740991',
    API_KEY_VERSION: '2024-10-21',
    GOOGLE_APPLICATION_CREDENTIALS: '/home/ann/.config/gcloud/credentials.json',
    SSH_AUTH_SOCK: '/run/user/1000/keyring/ssh-1234',
    SSH_KEY: '~/.ssh/id_ed25519',
    TOKEN_URL: 'https://login.example.com/oauth2/v2.0/token',
    AUTH_SERVER: 'https://login.example.com/a1b2c3d4',
    COOKIE_DOMAIN: 'shop.example.com',
    PWD: '/home/ann/work',
    KEYBOARD_LAYOUT: 'us-international-2',
    SHORT_KEY: 'k1',
    HOME: '/home/ann',
    EMPTY_TOKEN: '',
    UNSET_TOKEN: undefined,
  }
  expect(secretsIn(env)).toEqual({})
})

test('a value of any name gives away the password in it', () => {
  const env = {
    DATABASE_URL: 'postgres://shop:p%40ss%2Fw0rd@db.example.com/shop',
    HTTPS_PROXY: 'http://me:letmein-9876@proxy:8080',
    STORAGE:
      'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c29tZWtleXdpdGhsZXR0ZXJz;EndpointSuffix=core.windows.net',
  }
  const said = 'p@ss/w0rd, p%40ss%2Fw0rd, letmein-9876, c29tZWtleXdpdGhsZXR0ZXJz'
  expect(written(env, said)).toBe(
    '${secret:DATABASE_URL:url-password}, ${secret:DATABASE_URL:url-password}, ${secret:HTTPS_PROXY:url-password}, ${secret:STORAGE:account-key}',
  )
})

test('a key of a known form is a secret under any name, also where it is encoded', () => {
  for (const { kind, secret, text } of credentials(9).filter(({ secret, text }) => secret === text)) {
    expect(secretsIn({ MY_THING: secret }), kind).toEqual({ MY_THING: secret })
    const hex = Buffer.from(text).toString('hex')
    expect(written({ MY_THING: secret }, `it is ${hex}.`), kind).toBe('it is ${secret:MY_THING}.')
  }
})

test('each key of a list is a secret', () => {
  const env = { API_KEYS: 'first-key-1234,second-key-5678' }
  expect(written(env, 'second-key-5678 first-key-1234 first-key-1234,second-key-5678')).toBe(
    '${secret:API_KEYS:2} ${secret:API_KEYS:1} ${secret:API_KEYS}',
  )
})

test('a private key of several lines is hidden whole, in JSON, and line by line', () => {
  for (const env of [
    { TLS_KEY: pem },
    { TLS_KEY: pem.replaceAll('\n', '\\n') },
    { GOOGLE_CREDENTIALS_JSON: JSON.stringify({ type: 'service_account', project_id: 'shop', private_key: pem }) },
  ]) {
    for (const text of [
      pem,
      JSON.stringify({ pem }),
      pem
        .split('\n')
        .map(line => `  ${line}`)
        .join('\n'),
      `tail: ${letters.toLowerCase()}`,
      `${letters}`,
    ]) {
      const hidden = written(env, text)
      expect(hidden).not.toContain(letters)
      expect(hidden).not.toContain(letters.toLowerCase())
      expect(hidden).toContain('${secret:')
    }
  }
  expect(
    Object.values(
      secretsIn({ GOOGLE_CREDENTIALS_JSON: JSON.stringify({ project_id: 'my-project-123', private_key: pem }) }),
    ),
  ).not.toContain('my-project-123')
})
