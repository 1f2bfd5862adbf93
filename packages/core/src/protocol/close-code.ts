/** The close codes of RFC 6455, section 7.4.1, and of the IANA registry that continues it. */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  UnsupportedData: 1003,
  /** Never on the wire: the peer's close frame had no code. */
  NoStatus: 1005,
  /** Never on the wire: the connection ended without a close frame. */
  Abnormal: 1006,
  InvalidPayload: 1007,
  PolicyViolation: 1008,
  MessageTooBig: 1009,
  MandatoryExtension: 1010,
  InternalError: 1011,
  ServiceRestart: 1012,
  TryAgainLater: 1013,
  BadGateway: 1014,
  /** Never on the wire: the TLS handshake failed. */
  TlsHandshake: 1015,
} as const;

/** One of these codes; others that may be sent (3000-4999) are plain numbers. */
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** Whether a close frame may carry `closeCode`. RFC 6455, section 7.4. */
export function isSendableCloseCode(closeCode: number): boolean {
  if (!Number.isInteger(closeCode)) return false;
  if (closeCode >= 3000) return closeCode <= 4999;
  if (closeCode < CloseCode.Normal || closeCode > CloseCode.BadGateway) return false;
  return closeCode !== 1004 && closeCode !== CloseCode.NoStatus && closeCode !== CloseCode.Abnormal;
}
