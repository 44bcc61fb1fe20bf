/**
 * What a report's page does: it shows requests and responses when they are opened, searches, and listens to a few keys.
 * Text goes into the page as text only. It stands here as text, since it is for a browser.
 */
export const script = `'use strict'
const all = selector => [...document.querySelectorAll(selector)]
const byId = id => document.getElementById(id)
const data = JSON.parse(byId('data').textContent)

const list = ranges => {
  const items = []
  for (let at = 0; at < ranges.length; at += 2) items.push(...data.parts.slice(ranges[at], ranges[at + 1] + 1))
  return items
}
const whole = value =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item?.['§'] ? list(item['§']) : item]))
    : value
const shown = value => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))

document.addEventListener('toggle', event => {
  for (const place of event.target.querySelectorAll(':scope > pre[data-request], :scope > pre[data-response]')) {
    if (place.textContent !== '') continue
    const { request, response } = place.dataset
    place.textContent = request === undefined ? data.responses[response] || '(nothing)' : shown(whole(data.requests[request]))
  }
}, true)

const items = all('main .item')
let current
const visible = () => items.filter(item => !item.hidden && item.offsetParent !== null)
const go = item => {
  if (!item) return
  for (let up = item.parentElement; up; up = up.parentElement) if (up.localName === 'details') up.open = true
  current?.classList.remove('current')
  current = item
  item.classList.add('current')
  item.focus({ preventScroll: true })
  item.scrollIntoView({ block: 'nearest' })
}
const step = by => {
  const seen = visible()
  const at = seen.indexOf(current)
  go(at < 0 ? seen[by > 0 ? 0 : seen.length - 1] : seen[Math.min(seen.length - 1, Math.max(0, at + by))])
}
const toggle = () => {
  const wire = current?.querySelector(':scope > details.wire')
  if (wire) wire.open = !wire.open
}

const search = byId('search')
const found = byId('found')
const texts = new Map()
const textOf = item => {
  if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase())
  return texts.get(item)
}
const filter = () => {
  const words = search.value.trim().toLowerCase()
  const hits = items.filter(item => words === '' || textOf(item).includes(words))
  const kept = new Set(hits)
  for (const item of items) item.hidden = !kept.has(item)
  // What holds a hit stays, so that it is seen where it stands.
  for (const hit of hits) for (let up = hit.parentElement; up; up = up.parentElement) if (up.classList.contains('item')) up.hidden = false
  found.textContent = words === '' ? '' : hits.length + ' of ' + items.length
}
search.addEventListener('input', filter)
search.addEventListener('keydown', event => {
  if (event.key === 'Enter') step(search.value && !visible().includes(current) ? 1 : 0)
  if (event.key === 'Enter' || event.key === 'Escape') search.blur()
  if (event.key === 'Escape') { search.value = ''; filter() }
  event.stopPropagation()
})

const help = byId('help')
const keys = {
  j: () => step(1),
  k: () => step(-1),
  g: () => go(visible()[0]),
  G: () => go(visible().at(-1)),
  o: toggle,
  Enter: toggle,
  '/': () => { search.focus(); search.select() },
  '?': () => (help.open ? help.close() : help.showModal()),
}
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.localName === 'input') return
  if (event.key === 'Enter' && ['summary', 'a', 'button'].includes(event.target.localName)) return
  if (help.open && event.key !== '?') return
  const act = keys[event.key]
  if (!act) return
  event.preventDefault()
  act()
})
byId('keys').addEventListener('click', () => help.showModal())
for (const item of items) item.addEventListener('click', event => {
  if (event.target.closest('.item') !== item) return
  current?.classList.remove('current')
  current = item
  item.classList.add('current')
})

const goToHash = () => {
  const item = byId(location.hash.slice(1))
  if (item?.classList.contains('item')) go(item)
}
addEventListener('hashchange', goToHash)
goToHash()
`
