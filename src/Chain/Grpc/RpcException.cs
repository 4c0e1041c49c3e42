namespace ProviderAgent.Chain.Grpc;

/// <summary>How a call ended, by the numbers of gRPC.</summary>
internal enum StatusCode
{
    OK = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

/// <param name="StatusCode">How a call ended.</param>
/// <param name="Detail">The other side's words, or our own when it did not come to that.</param>
internal readonly record struct Status(StatusCode StatusCode, string Detail);

/// <summary>A call that did not end well.</summary>
internal sealed class RpcException(Status status, bool isFromServer, Exception? inner = null) : Exception($"{status.StatusCode}: {status.Detail}", inner)
{
    public Status Status { get; } = status;

    /// <summary>The server itself said so; false when no answer of a gRPC server arrived.</summary>
    public bool IsFromServer { get; } = isFromServer;
}
