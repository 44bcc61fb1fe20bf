/**
 * What turndown hands to its rules, as far as they look at it. React's types declare the elements of a browser as empty
 * where there is none, so that turndown's are not the ones meant.
 */
interface HTMLElement {
  readonly nodeName: string
  readonly parentNode: HTMLElement
  readonly children: ArrayLike<HTMLElement>
  readonly childNodes: ArrayLike<HTMLElement>
  readonly firstChild: HTMLElement
  readonly textContent: string
  getAttribute(name: string): string | null
}
