import { binaryTag, CORE_SCHEMA, load } from 'js-yaml'

/** What go-vcr writes for bytes that are no text. */
const schema = CORE_SCHEMA.withTags(binaryTag)

/** Reads any YAML 1.2, also what a person or a formatter made of our files. Throws js-yaml's error. */
export const readAny = (text: string): unknown => load(text, { schema })
