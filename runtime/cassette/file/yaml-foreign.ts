import {
  binaryTag,
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  loadAll,
  mapTag,
  mergeTag,
  seqTag,
} from 'js-yaml'
import { Refused, refuseExpanded } from './bounds.ts'

/**
 * Tags of Python and Ruby name classes to build (`!!python/object/apply:multidict…`, `!ruby/object:…`). Nothing is ever
 * built: what stands under such a tag is read as the plain list, map or text that it is.
 */
const inert = ['!', 'tag:yaml.org,2002:'].flatMap(prefix => [
  defineScalarTag(prefix, { matchByTagPrefix: true, resolve: text => text, identify: () => false }),
  defineSequenceTag(prefix, { ...seqTag, matchByTagPrefix: true, identify: () => false }),
  defineMappingTag(prefix, { ...mapTag, matchByTagPrefix: true, identify: () => false }),
])
const rubyBinary = defineScalarTag('!binary', { ...binaryTag, implicit: false })
const schema = CORE_SCHEMA.withTags(mergeTag, binaryTag, rubyBinary, ...inert)

/** The documents of a YAML file as plain data. Throws a Refused for one that is a bomb, else js-yaml's error. */
export const readForeignYaml = (text: string): unknown[] => {
  const documents = loaded(text)
  refuseExpanded(documents, text.length)
  return documents
}

const loaded = (text: string): unknown[] => {
  try {
    return loadAll(text, { schema })
  } catch (error) {
    const told = String(error)
    if (/maxDepth|call stack/.test(told)) throw new Refused('it is nested too deep')
    if (/maxTotalMergeKeys/.test(told)) throw new Refused('its aliases stand for more text than is read')
    if (!/deficient indentation/.test(told)) throw error
    return loadAll(indented(text), { schema })
  }
}

/** Some Python writers go on with a quoted text in the column of its key, which is not deep enough for YAML. */
const indented = (text: string): string => text.replaceAll(/^(?!\s*(?:- |[\w-]+:(?: |$)))/gm, '    ')
