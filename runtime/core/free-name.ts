/** The first name that is not taken: as it is, else with `-2`, `-3` and so on where `named` puts that. */
export const freeName = (isTaken: (name: string) => boolean, named: (suffix: string) => string): string => {
  let name = named('')
  for (let count = 2; isTaken(name); count++) name = named(`-${count}`)
  return name
}
