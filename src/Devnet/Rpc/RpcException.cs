namespace ProviderAgent.Devnet.Rpc;

/// <summary>An error object of the RPC.</summary>
internal sealed class RpcException : Exception
{
    private RpcException(int code, string message, string data)
        : base(message) => (Code, Details) = (code, data);

    public int Code { get; }

    /// <summary>The text that tells what happened; clients look here.</summary>
    public string Details { get; }

    public static RpcException Internal(string data) => new(-32603, "Internal error", data);

    public static RpcException InvalidParams(string data) => new(-32602, "Invalid params", data);

    public static RpcException MethodNotFound() => new(-32601, "Method not found", "");

    public static RpcException InvalidRequest(string data) => new(-32600, "Invalid Request", data);

    public static RpcException Parse(string data) => new(-32700, "Parse error. Invalid JSON", data);

    public static RpcException Server(string data) => new(-32000, "Server error", data);
}
