using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>What is kept in memory of open orders that we are done with: why we declined, and whether our one bid is spent.</summary>
/// <remarks>
/// Bounded twice: an order that a complete listing no longer holds is forgotten, and beyond the capacity the oldest is. Forgetting
/// does no harm: the order is judged again, and the market is asked for an earlier bid before a new one. Kept as a hash, so that
/// ten thousand open orders cost little more than half a megabyte. Safe for concurrent use.
/// </remarks>
internal sealed class RememberedOrders(int capacity = RememberedOrders.DefaultCapacity)
{
    public const int DefaultCapacity = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, Note> _notes = [];
    private readonly Queue<UInt128> _oldest = [];
    private int _listing;

    public int Count
    {
        get
        {
            lock (_gate) return _notes.Count;
        }
    }

    /// <summary>True when the order was last declined for this reason.</summary>
    public bool IsDeclined(OrderId order, DeclineReason reason)
    {
        lock (_gate) return _notes.TryGetValue(KeyOf(order), out var note) && note.Reason == reason;
    }

    /// <summary>True when it was judged before.</summary>
    public bool IsKnown(OrderId order)
    {
        lock (_gate) return _notes.ContainsKey(KeyOf(order));
    }

    /// <summary>True when we had our one bid on it.</summary>
    public bool IsSpent(OrderId order)
    {
        lock (_gate) return _notes.TryGetValue(KeyOf(order), out var note) && note.IsSpent;
    }

    public void Declined(OrderId order, DeclineReason reason) => Put(order, reason, isSpent: false);

    public void Spent(OrderId order) => Put(order, null, isSpent: true);

    /// <summary>Starts a listing of all open orders: what is not <see cref="Met"/> until <see cref="ListingDone"/> is forgotten.</summary>
    public void ListingStarts()
    {
        lock (_gate) _listing++;
    }

    public void Met(OrderId order)
    {
        lock (_gate)
        {
            var key = KeyOf(order);
            if (_notes.TryGetValue(key, out var note)) _notes[key] = note with { Listing = _listing };
        }
    }

    public void ListingDone()
    {
        lock (_gate)
        {
            foreach (var (key, note) in _notes)
            {
                if (note.Listing != _listing) _notes.Remove(key);
            }

            if (_oldest.Count <= 2 * _notes.Count + 1024) return;
            _oldest.Clear();
            foreach (var key in _notes.Keys) _oldest.Enqueue(key);
        }
    }

    private void Put(OrderId order, DeclineReason? reason, bool isSpent)
    {
        lock (_gate)
        {
            var key = KeyOf(order);
            if (_notes.TryGetValue(key, out var known)) isSpent |= known.IsSpent;
            else _oldest.Enqueue(key);
            _notes[key] = new(reason, isSpent, _listing);
            while (_notes.Count > capacity && _oldest.TryDequeue(out var oldest)) _notes.Remove(oldest);
        }
    }

    // Half of SHA-256: two orders cannot be made to collide.
    private static UInt128 KeyOf(OrderId order) =>
        BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(order.ToString())));

    private readonly record struct Note(DeclineReason? Reason, bool IsSpent, int Listing);
}
