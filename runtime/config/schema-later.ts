import * as z from 'zod/mini'
import { anything, atLeast, between, flag, key, mapping, named, needed, text, texts } from './shapes.ts'

const chunking = () =>
  mapping('Chunking', 'How documents are cut.', {
    size: key(atLeast(1), 'Characters in a piece.'),
    overlap: key(atLeast(0), 'Characters that two pieces have in common.'),
    respect_word_boundaries: key(flag, 'Whether to cut between words.'),
    code_aware: key(flag, 'Whether to cut source code by its structure.'),
  })

const strategy = () =>
  z
    .catchall(
      z.object({
        type: needed(z.string(), 'chunked-embeddings, semantic-embeddings or bm25.'),
        docs: key(texts, 'More documents for this way of searching.'),
        database: key(text, 'The file of the index.'),
        chunking: key(chunking(), 'How documents are cut.'),
        limit: key(atLeast(1), 'The most results.'),
      }),
      anything,
    )
    .register(z.globalRegistry, { id: 'RagStrategy', description: 'A way of searching, with settings of its own.' })

const results = () =>
  mapping('RagResults', 'What is done with the results.', {
    limit: key(atLeast(0), 'The most results; 15 if left out.'),
    deduplicate: key(flag, 'Whether to leave out duplicates.'),
    include_score: key(flag, 'Whether to tell how well a result fits.'),
    return_full_content: key(flag, 'Whether to give whole documents.'),
    fusion: key(
      mapping('RagFusion', 'How the results of several ways become one list.', {
        strategy: key(z.enum(['rrf', 'weighted', 'max']), 'The way; rrf if left out.'),
        k: key(atLeast(0), 'The constant of rrf; 60 if left out.'),
        weights: key(named(z.number()), 'The weight of each way.'),
      }),
      'How the results of several ways become one list.',
    ),
    reranking: key(
      mapping('RagReranking', 'A model that puts the results in order.', {
        model: needed(z.string(), 'The model.'),
        top_k: key(atLeast(0), 'How many results it sees.'),
        threshold: key(between(0, 1), 'What counts as fitting; 0.5 if left out.'),
        criteria: key(text, 'What matters.'),
      }),
      'A model that puts the results in order.',
    ),
  })

/** A source that agents can search. */
export const rag = z.lazy(() =>
  mapping('Rag', 'Documents that agents can search.', {
    tool: key(
      mapping('RagTool', 'How the source appears to the model.', {
        name: key(text, 'The name of the tool.'),
        description: key(text, 'What it finds.'),
        instruction: key(text, 'How to use it.'),
      }),
      'How the source appears to the model.',
    ),
    docs: key(texts, 'Files, folders and patterns.'),
    respect_vcs: key(flag, 'Whether to leave out what .gitignore names; true if left out.'),
    strategies: key(z.array(strategy()), 'The ways of searching.'),
    results: key(results(), 'What is done with the results.'),
  }),
)
