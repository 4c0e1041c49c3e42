using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Keeps every order that was seen, compactly, for trying policies out on them. Optional.</summary>
public interface IOrderLog
{
    /// <summary>Keeps an order; one that is kept already stays as it is.</summary>
    /// <exception cref="BidStoreUnavailableException">It cannot be kept now.</exception>
    Task RecordAsync(RecordedOrder order, CancellationToken ct);

    /// <summary>Notes to whom an order went and at what price; of an order that was not kept, nothing is noted.</summary>
    /// <exception cref="BidStoreUnavailableException">It cannot be noted now.</exception>
    Task NoteLeaseAsync(OrderId order, AccountAddress provider, Rate price, CancellationToken ct);

    /// <summary>Kept orders of a stretch of time, oldest first, read in pages so that memory stays flat.</summary>
    /// <exception cref="BidStoreUnavailableException">They cannot be read now.</exception>
    IAsyncEnumerable<RecordedOrder> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct);
}

/// <summary>An order as it was seen once, and what became of it.</summary>
/// <param name="Order">The order.</param>
/// <param name="SeenAt">Wall time.</param>
/// <param name="Group">What it asked for.</param>
/// <param name="MinReclaimWindow">The notice that it asked for.</param>
/// <param name="Akt">What one AKT was worth then; null when not known.</param>
/// <param name="Winner">To whom it went; null when not known, or to nobody.</param>
/// <param name="WinningPrice">At what price; null as above.</param>
public sealed record RecordedOrder(
    OrderId Order, DateTimeOffset SeenAt, GroupSpec Group, TimeSpan? MinReclaimWindow, Decimal18? Akt, AccountAddress? Winner = null, Rate? WinningPrice = null)
{
    /// <summary>How long its lease lasted; null when not known, or when it still runs.</summary>
    public TimeSpan? Lasted { get; init; }
}
