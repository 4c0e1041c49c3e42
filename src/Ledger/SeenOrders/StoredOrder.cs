namespace ProviderAgent.Ledger;

/// <summary>An order as it was seen once.</summary>
/// <param name="Order">The order.</param>
/// <param name="SeenAt">When.</param>
/// <param name="Body">What it asked for, in the compact form of the room that records it.</param>
/// <param name="Winner">Account to which it went; null when not known.</param>
/// <param name="Price">At what price, as text; null when not known.</param>
public sealed record StoredOrder(OrderId Order, DateTimeOffset SeenAt, byte[] Body, string? Winner, string? Price);
