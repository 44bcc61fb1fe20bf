/** In a file of its own, since the types of highlight.js declare all of a browser, and this is none: see hljs.d.mts. */
export { default as hljs } from 'highlight.js/lib/common'
