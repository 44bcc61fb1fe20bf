import { DatabaseSync } from 'node:sqlite'

/**
 * Databases as each version of Reprise wrote them, with a session of two turns, a call and an attachment. These are
 * copies that stay as they are: what runtime/session/schema.ts makes of them is what is tested.
 */
const steps: readonly string[] = [
  `
  create table sessions (
    id text primary key,
    title text not null default '',
    titled text not null default 'words',
    starred integer not null default 0,
    created integer not null,
    updated integer not null,
    agent_file text not null,
    agent_digest text not null default '',
    agent text not null,
    working_directory text not null,
    turns integer not null default 0,
    cost real not null default 0,
    input integer not null default 0,
    cache_read integer not null default 0,
    cache_write integer not null default 0,
    output integer not null default 0,
    reasoning integer not null default 0,
    parent text,
    parent_at integer,
    next text,
    owner text not null default ''
  ) strict;
  create index sessions_by_use on sessions (updated);
  -- What happened. A path is that of the delegation, joined with dots; data is the event without what has a column.
  create table events (
    seq integer primary key,
    session text not null references sessions (id) on delete cascade,
    turn integer not null,
    path text not null,
    agent text not null,
    type text not null,
    at integer not null,
    model text,
    data text not null
  ) strict;
  create index events_by_session on events (session, seq);
  create index messages_by_session on events (session, path, seq) where type = 'message';
  -- What is part of a message that is not whole yet; gone when it is.
  create table pending (
    seq integer primary key,
    session text not null references sessions (id) on delete cascade,
    path text not null,
    kind text not null,
    data text not null
  ) strict;
  create index pending_by_session on pending (session, path);
  -- Files that were sent or came back, each once, by the SHA-256 of its bytes.
  create table blobs (hash text primary key, data blob not null) strict;
  create table blob_uses (session text not null, hash text not null, primary key (session, hash)) strict, without rowid;
  create index blob_uses_by_hash on blob_uses (hash);
  `,
  `
  -- The words of what was said, by the number of the event; the text itself stands there.
  create virtual table said using fts5 (text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
  create trigger said_in after insert on events when new.type = 'message' begin
    insert into said (rowid, text)
      select new.seq, group_concat(value ->> '$.text', char(10)) from json_each(new.data, '$.message.content')
      where value ->> '$.type' = 'text' having count(*) > 0;
  end;
  create trigger said_out after delete on events when old.type = 'message' begin
    delete from said where rowid = old.seq;
  end;
  insert into said (rowid, text)
    select seq, (select group_concat(value ->> '$.text', char(10)) from json_each(data, '$.message.content')
      where value ->> '$.type' = 'text')
    from events where type = 'message' and exists
      (select 1 from json_each(data, '$.message.content') where value ->> '$.type' = 'text');
  `,
  `
  -- What agents did to files, a step a turn, and what was taken back, a step each. A state is '' where nothing is there,
  -- 'folder', 'lost' for what was too large to be kept, or the hash of a blob. Paths are absolute, and without links.
  create table steps (
    id integer primary key,
    session text not null references sessions (id) on delete cascade,
    kind text not null,
    turn integer not null,
    at integer not null,
    undone integer
  ) strict;
  create index steps_by_session on steps (session, kind, turn);
  create table files (
    step integer not null references steps (id) on delete cascade,
    path text not null,
    before text not null,
    before_mode integer not null,
    after text not null,
    after_mode integer not null,
    primary key (step, path)
  ) strict, without rowid;
  `,
]

const bytes = Buffer.alloc(2000, 3)
const hash = 'fb9071f2be08e7233192cae2d5d412d32b428c1b53c0988a06df43997d23d1ac'

/** The file that goes along with the first message, as base64. */
export const attached = bytes.toString('base64')

const messages = [
  [
    'root',
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is in the picture?' },
        { type: 'file', mediaType: 'image/png', name: 'a.png', blob: hash },
      ],
    },
  ],
  [
    'root',
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool-call', id: 'call_1', name: 'shell', input: { cmd: 'ls' } },
      ],
      stop: 'tool-calls',
      usage: { input: 10, cacheRead: 0, cacheWrite: 0, output: 5, reasoning: 0 },
    },
  ],
  [
    'root',
    { role: 'tool', results: [{ callId: 'call_1', name: 'shell', content: [{ type: 'text', text: 'a.png' }] }] },
  ],
  [
    'root',
    {
      role: 'assistant',
      content: [{ type: 'text', text: 'A zeppelin.' }],
      stop: 'end',
      usage: { input: 20, cacheRead: 0, cacheWrite: 0, output: 5, reasoning: 0 },
    },
  ],
] as const

/** Writes a database of that version, with one session of the id `old`. */
export const writeVersion = (path: string, version: number): void => {
  using database = new DatabaseSync(path)
  for (const sql of steps.slice(0, version)) database.exec(sql)
  database.exec(`pragma user_version = ${version}`)
  database
    .prepare(
      `insert into sessions (id, title, created, updated, agent_file, agent, working_directory, turns, cost, input, output)
        values ('old', 'What is in the picture?', 1000, 2000, '/home/ada/agent.yaml', 'root', '/home/ada', 1, 0.25, 30, 10)`,
    )
    .run()
  database.prepare('insert into blobs (hash, data) values (?, ?)').run(hash, bytes)
  database.prepare("insert into blob_uses (session, hash) values ('old', ?)").run(hash)
  const insert = database.prepare(
    "insert into events (session, turn, path, agent, type, at, model, data) values ('old', 1, '', ?, 'message', 1500, 'openai/gpt-4o', ?)",
  )
  for (const [agent, message] of messages) insert.run(agent, JSON.stringify({ message }))
}

/** How many there are. */
export const writtenVersions: number = steps.length
