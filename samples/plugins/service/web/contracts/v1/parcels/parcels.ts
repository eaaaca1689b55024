// Made from contracts/parcels.odcs.yaml. Do not edit.

export interface Parcel {
  parcel_id: string;
  /** In kilograms. */
  weight: string;
  sent_at: string;
  /** What happened last. */
  state: string;
  recipient?: string;
  stops: ({
    depot: string;
    at?: string;
  })[];
}
