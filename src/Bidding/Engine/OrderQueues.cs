using System.Threading.Channels;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Orders that wait for an evaluator: those just posted apart from those found by listing, so that a long listing does not hold up a fresh order.</summary>
internal sealed class OrderQueues
{
    /// <summary>Workers of orders that an event told of. Written with TryWrite: what does not fit is found by the next listing.</summary>
    public Channel<OrderWorker> Fresh { get; } = Channel.CreateBounded<OrderWorker>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Orders as a listing shows them; the listing waits when it is full.</summary>
    public Channel<Order> Listed { get; } = Channel.CreateBounded<Order>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.Wait, SingleWriter = true });
}
