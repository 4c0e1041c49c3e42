namespace ProviderAgent.Bidding;

/// <summary>A journal or log of this room cannot be written or read now, for example because the disk is full. No bid is made meanwhile.</summary>
public sealed class BidStoreUnavailableException : Exception
{
    public BidStoreUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
