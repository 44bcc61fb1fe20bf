const rooms = ['loop', 'models', 'cassette', 'border', 'config', 'policy', 'workspace', 'session', 'observe']
const faces = ['cli', 'tui', 'serve', 'eval', 'testing']
const door = (library, path) => ({
  name: `door-${library.replace(/\W+/g, '-')}`,
  comment: `${library} has one door, so that it is loaded when it is needed and can be exchanged`,
  severity: 'error',
  from: { path: '^(runtime|tools)/', pathNot: path },
  to: { path: `node_modules/${library}/` },
})

/** Who may import whom, as CONTRIBUTING.md draws it. */
export default {
  forbidden: [
    {
      name: 'core-imports-nothing',
      severity: 'error',
      from: { path: '^runtime/core' },
      to: { pathNot: '^runtime/core' },
    },
    ...rooms.map(room => ({
      name: `room-${room}`,
      comment: 'a room knows core and libraries, never another room: what it needs is handed to it by team',
      severity: 'error',
      from: { path: `^runtime/${room}/` },
      to: { path: '^(runtime|tools)/', pathNot: `^runtime/(core|${room})/` },
    })),
    {
      name: 'room-tools',
      severity: 'error',
      from: { path: '^tools/' },
      to: { path: '^runtime/', pathNot: '^runtime/core/' },
    },
    ...faces.map(face => ({
      name: `face-${face}`,
      comment: 'faces never import each other; only cli/screen.ts loads another, lazily',
      severity: 'error',
      from: { path: `^runtime/${face}/`, pathNot: '^runtime/cli/screen\\.ts$' },
      to: { path: `^runtime/(${faces.filter(other => other !== face).join('|')})/` },
    })),
    {
      name: 'team-knows-no-face',
      severity: 'error',
      from: { path: '^runtime/team/' },
      to: { path: `^runtime/(${faces.join('|')})/` },
    },
    door('(openai|@anthropic-ai/sdk)', '^runtime/models/sdk\\.ts$'),
    door('gpt-tokenizer', '^runtime/models/tokens\\.ts$'),
    door('js-yaml', '^runtime/(config/(load|positions)|cassette/file/[a-z-]+)\\.ts$'),
    door('zod', '^runtime/config/'),
    door('@modelcontextprotocol/sdk', '^tools/mcp/'),
    door('turndown', '^tools/fetch/'),
    door('unbash', '^runtime/policy/shell\\.ts$'),
    door('commander', '^runtime/cli/'),
    door('(ink|react)', '^runtime/tui/'),
    door('@toon-format/toon', '^tools/toon\\.ts$'),
    door('highlight\\.js', '^runtime/tui/view/hljs\\.mjs$'),
    door('fuzzysort', '^runtime/tui/input/files\\.ts$'),
    door('@opentelemetry', '^runtime/observe/'),
    door('quickjs-emscripten', '^tools/code/sandbox\\.ts$'),
    door('(vscode-jsonrpc|vscode-languageserver-protocol)', '^tools/lsp/'),
    door('nock', '^$'),
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
}
