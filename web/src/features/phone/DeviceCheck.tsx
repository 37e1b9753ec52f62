export function DeviceCheck({ onClose }: { onClose: () => void }) {
  return <button type="button" onClick={onClose} />
}
