using System.Globalization;

namespace ProviderAgent.Manifests;

/// <summary>One mistake in an SDL file.</summary>
/// <param name="Line">From 1; 0 when the mistake has no place.</param>
/// <param name="Column">From 1; 0 when the mistake has no place.</param>
/// <param name="Path">The field, for example <c>services.web.expose[0].port</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record SdlProblem(int Line, int Column, string Path, string Message)
{
    public override string ToString()
    {
        var place = Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}: ") : "";
        return Path.Length > 0 ? $"{place}{Path}: {Message}" : place + Message;
    }
}

/// <summary>The file is not a valid SDL. Carries all mistakes that were found, in the order of the file as far as possible.</summary>
public sealed class SdlException : Exception
{
    public SdlException(IReadOnlyList<SdlProblem> problems, Exception? inner = null)
        : base(string.Join('\n', problems), inner) => Problems = problems;

    /// <summary>At least one.</summary>
    public IReadOnlyList<SdlProblem> Problems { get; }
}
