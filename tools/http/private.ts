import { ToolFailure } from '../../runtime/core/tool.ts'

/** Addresses that are of this machine or of the network around it, or of nobody (IANA's special-purpose registries). */
const ranges: readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'][] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['::1', 128, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
]

/**
 * Refuses a host that is, or leads to, an address of this machine or of the network around it: what listens there trusts
 * who is near, such as a cloud's metadata. A name may lead elsewhere the next moment; only a proxy could rule that out.
 */
export const mustBePublic = async ({ hostname }: URL): Promise<void> => {
  const { BlockList, isIP } = await import('node:net')
  const { lookup } = await import('node:dns/promises')
  const near = new BlockList()
  for (const range of ranges) near.addSubnet(...range)
  const host = hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await lookup(host, { all: true })
  const found = addresses.find(({ address, family }) => near.check(address, family === 6 ? 'ipv6' : 'ipv4'))
  if (!found) return
  const what = found.address === host ? host : `${host} (${found.address})`
  throw new ToolFailure(
    `${what} is an address of this machine or of a private network, which may not be reached. ` +
      "The agent file's allow_private_ips permits it.",
  )
}
