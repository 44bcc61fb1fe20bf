import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { permissionsOf } from '../runtime/policy/permissions.ts'
import { temporaryFolder } from './support/temp.ts'

/** A folder in which `good` and `evil` are programs that only note that they ran, with a real bash to run lines. */
const stage = async () => {
  const folder = await temporaryFolder()
  const log = join(folder.path, 'log')
  mkdirSync(join(folder.path, 'bin'))
  for (const name of ['good', 'evil']) {
    const program = join(folder.path, 'bin', name)
    writeFileSync(program, `#!/bin/bash\necho ${name} >> ${log}\necho evil\n`)
    chmodSync(program, 0o755)
  }
  const ran = (line: string): string[] => {
    rmSync(log, { force: true })
    writeFileSync(log, '')
    const cwd = join(folder.path, 'work')
    rmSync(cwd, { recursive: true, force: true })
    mkdirSync(cwd)
    const env = { PATH: `${join(folder.path, 'bin')}:/usr/bin:/bin` }
    spawnSync('/bin/bash', ['-c', line], { cwd, env, timeout: 5000, killSignal: 'SIGKILL' })
    return readFileSync(log, 'utf8').split('\n').filter(Boolean)
  }
  return { ran, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

/** Every line ends: there are no loops, and no names by which anything could call itself. */
const { line } = fc.letrec<{ line: string; simple: string; word: string; name: string }>(tie => ({
  name: fc.oneof(
    { weight: 8, arbitrary: fc.constant('good') },
    { weight: 4, arbitrary: fc.constant('evil') },
    fc.constantFrom(
      'e\\vil',
      'e"vi"l',
      "$'\\x65vil'",
      'e\\\nvil',
      'EVIL',
      './evil',
      '$evil',
      '{evil,}',
      'ev?l',
      '"good"',
    ),
  ),
  word: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(
      'a',
      '-x',
      '"a b"',
      "'; evil'",
      '"; evil"',
      '\\;',
      '*',
      '~',
      '$x',
      '#',
      'a#evil',
      '\\\n',
      '\u00a0',
      '{a,b}',
    ),
    tie('line').map(inner => `$(${inner})`),
    tie('line').map(inner => `"$(${inner})"`),
    tie('line').map(inner => `\`${inner}\``),
    tie('line').map(inner => `<(${inner})`),
    tie('line').map(inner => `\${x:-$(${inner})}`),
    tie('line').map(inner => `$((1+$(${inner})0))`),
    tie('line').map(inner => `'${inner}'`),
    tie('line').map(inner => `"${inner}"`),
    tie('line').map(inner => `$'${inner}'`),
  ),
  simple: fc
    .tuple(
      fc.constantFrom(
        '',
        '',
        '',
        '',
        'A=1 ',
        'env ',
        'env A=1 ',
        'timeout 3 ',
        'nohup ',
        'command ',
        'time ',
        '! ',
        'eval ',
      ),
      tie('name'),
      fc.array(tie('word'), { maxLength: 2 }),
      fc.constantFrom('', '', '', '', ' >/dev/null', ' 2>&1', ' >out', ' </dev/null', ' <<< evil', ' <<E\nevil\nE\n'),
    )
    .map(([prefix, name, words, redirection]) => `${prefix}${[name, ...words].join(' ')}${redirection}`),
  line: fc.oneof(
    { maxDepth: 4, withCrossShrink: true, depthSize: 'small' },
    tie('simple'),
    fc
      .tuple(
        tie('line'),
        fc.constantFrom('; ', ' && ', ' || ', ' | ', ' & ', '\n', ';', '&', ' |& ', '\r\n', ' \\\n'),
        tie('line'),
      )
      .map(([one, between, two]) => `${one}${between}${two}`),
    tie('line').map(inner => `(${inner})`),
    tie('line').map(inner => `{ ${inner}; }`),
    tie('line').map(inner => `if true; then ${inner}; fi`),
    tie('line').map(inner => `for x in 1; do ${inner}; done`),
    tie('line').map(inner => `case x in x) ${inner};; esac`),
    // Of its own name, since a function that could call itself would never end.
    tie('line').map(inner => `f${inner.length}() { ${inner}; }; f${inner.length}`),
    tie('line').map(inner => `sh -c '${inner}'`),
    tie('line').map(inner => `bash <<'E'\n${inner}\nE\n`),
    tie('line').map(inner => `cat <<E\n${inner}\nE\n`),
    tie('line').map(inner => `[[ -n $(${inner}) ]]`),
    tie('line').map(inner => `find . -maxdepth 0 -exec ${inner} \\;`),
    tie('line').map(inner => `x=$(${inner})`),
    tie('line').map(inner => `# ${inner}\n`),
  ),
}))

const runs = Number(process.env['REPRISE_RUNS'] ?? 250)
const common = [
  'f[0-9]*',
  'true',
  'cat',
  'cat *',
  'sh -c *',
  'bash',
  'env *',
  'timeout *',
  'nohup *',
  'find *',
  'eval *',
  'A=1 good*',
]

test('a here-document in two parentheses, of which bash runs the text, is nothing that was allowed', async () => {
  await using bash = await stage()
  const line = '((good <<E\nevil\nE\n); good)'
  expect(bash.ran(line)).toContain('evil')
  const call = { name: 'shell', input: { cmd: line }, readOnly: false }
  const judged = (rules: Parameters<typeof permissionsOf>[0], yolo: boolean) => permissionsOf(rules, { yolo })(call)
  expect((await judged({ allow: ['shell:cmd=good'] }, false)).verdict).toBe('ask')
  expect((await judged({ deny: ['shell:cmd=evil'] }, true)).verdict).not.toBe('allow')
})

test('bash runs nothing that was not allowed, whatever the line', async () => {
  await using bash = await stage()
  const allow = ['good', 'good *', ...common].map(command => `shell:cmd=${command}`)
  let allowed = 0
  await fc.assert(
    fc.asyncProperty(line, async cmd => {
      const { verdict } = await permissionsOf(
        { allow },
        { yolo: false },
      )({ name: 'shell', input: { cmd }, readOnly: false })
      if (verdict !== 'allow') return
      allowed += 1
      expect(bash.ran(cmd)).not.toContain('evil')
    }),
    { numRuns: runs * 4 },
  )
  expect(allowed).toBeGreaterThan(runs / 4)
})

test('bash runs nothing that is forbidden, whatever the line, though everything else is approved', async () => {
  await using bash = await stage()
  let allowed = 0
  await fc.assert(
    fc.asyncProperty(line, async cmd => {
      const rules = { deny: ['shell:cmd=evil', 'shell:cmd=evil *'] }
      const { verdict } = await permissionsOf(rules, { yolo: true })({ name: 'shell', input: { cmd }, readOnly: false })
      if (verdict !== 'allow') return
      allowed += 1
      expect(bash.ran(cmd)).not.toContain('evil')
    }),
    { numRuns: runs * 4 },
  )
  expect(allowed).toBeGreaterThan(runs / 4)
})
