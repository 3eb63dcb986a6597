/** A paste or an answer as it comes, piece by piece, and never more of it than its limit. */
export class Collected {
  #pieces: string[] = [];
  #length = 0;

  add(piece: string, limit: number): void {
    const room = limit - this.#length;
    if (room <= 0 || piece === "") return;
    this.#pieces.push(piece.slice(0, room));
    this.#length += Math.min(room, piece.length);
  }

  /** All of it, which leaves nothing. */
  take(): string {
    const text = this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    return text;
  }
}
