declare const REPRISE_VERSION: string | undefined

/** The version of package.json, which the build puts here; sources that run unbuilt have none. */
export const version = typeof REPRISE_VERSION === 'string' ? REPRISE_VERSION : 'unbuilt'
