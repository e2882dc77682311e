// What goes wrong with an answer's bytes, whatever server sent them.

/** An answer that is not what the query API promises, or larger than allowed. */
export class AnswerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AnswerError';
  }
}
