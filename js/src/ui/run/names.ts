/** Under which names does a tracked cell keep its texts among a run's files? As nbtrack/magics/files.py writes them. */

export const CELL = "cell.py";
/** What the cell printed. */
export const LOG = "output.txt";
export const TRACEBACK = "traceback.txt";
export const PACKAGES = "requirements.txt";
