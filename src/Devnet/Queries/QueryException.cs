using ProviderAgent.Devnet.Errors;

namespace ProviderAgent.Devnet.Queries;

/// <summary>A query that is answered with an error, as the node's query service reports it.</summary>
internal sealed class QueryException : Exception
{
    private QueryException(ErrorKind kind, string message)
        : base($"{message}: {kind.Text}") => Kind = kind;

    public ErrorKind Kind { get; }

    /// <summary>A registered error that means that there is no such thing: code 22.</summary>
    public static QueryException NotFound(string text) => new(SdkErrors.KeyNotFound, text);

    /// <summary>The request makes no sense: code 18.</summary>
    public static QueryException InvalidArgument(string text) => new(SdkErrors.InvalidRequest, $"rpc error: code = InvalidArgument desc = {text}");

    /// <summary>Anything else: code 6.</summary>
    public static QueryException Unknown(string text) => new(SdkErrors.UnknownRequest, $"rpc error: code = Unknown desc = {text}");

    /// <summary>A plain error of the query machinery.</summary>
    public static QueryException Of(ErrorKind kind, string text) => new(kind, text);
}
