import { type Database, inTransaction } from './database.ts'

/**
 * Deletes a session with all that is stored for it, so that nothing of it stands in the file any more: what is deleted is
 * overwritten (see `openDatabase`), words are taken out of the index, and what waits in the log is brought into the file.
 */
export const deleteSession = (database: Database, id: string): void => {
  inTransaction(database, () => {
    database.prepare('delete from sessions where id = ?').run(id)
    database.prepare('delete from blob_uses where session = ?').run(id)
    database.exec('delete from blobs where hash not in (select hash from blob_uses)')
    database.exec("insert into said (said) values ('optimize')")
  })
  // Readers in other processes may keep the log; then the next to close the file brings it in.
  database.exec('pragma wal_checkpoint(truncate)')
}
