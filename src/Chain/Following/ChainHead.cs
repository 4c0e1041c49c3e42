using ProviderAgent.Chain.Endpoints;

namespace ProviderAgent.Chain.Following;

/// <summary>The latest block of the endpoint in use.</summary>
/// <param name="Height">Its height; goes down when a move leads to an endpoint that is a few blocks behind.</param>
/// <param name="Time">Its time, as the chain says.</param>
/// <param name="Endpoint">Who has it.</param>
/// <param name="SeenAt">Timestamp of when it was first seen.</param>
internal sealed record ChainHead(long Height, DateTimeOffset Time, Endpoint Endpoint, long SeenAt);
