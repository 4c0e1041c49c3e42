namespace ProviderAgent.Chain.Tests.Scripted;

/// <summary>What goes wrong with one request to a scripted node.</summary>
public enum NodeFault
{
    /// <summary>The connection breaks before the node has seen the request.</summary>
    LoseRequest,

    /// <summary>The node does what it was asked, but the connection breaks before the answer.</summary>
    LoseReply,

    /// <summary>No answer until the client gives up.</summary>
    Hang,

    /// <summary>An error page of a proxy, with status 502.</summary>
    BadGateway,

    /// <summary>An HTML page with status 200.</summary>
    Html,

    /// <summary>JSON that ends in the middle.</summary>
    Truncated,

    /// <summary>An answer to another request.</summary>
    WrongId,

    /// <summary>Status 429.</summary>
    TooManyRequests,

    /// <summary>More bytes than are accepted.</summary>
    Huge,

    /// <summary>JSON nested a thousand deep.</summary>
    Deep,

    /// <summary>A JSON-RPC error of the node.</summary>
    InternalError,
}
