using System.Text.RegularExpressions;
using YamlDotNet.Core;

namespace ProviderAgent.Manifests;

/// <summary>Types of plain scalars by the core schema of YAML 1.2: <c>off</c>, <c>yes</c> and dates are text.</summary>
internal static partial class YamlScalars
{
    public static YamlScalar Classify(string text, ScalarStyle style)
    {
        if (style != ScalarStyle.Plain) return YamlScalar.Text;
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => YamlScalar.Null,
            "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => YamlScalar.Boolean,
            _ when text.Length > 64 => YamlScalar.Text, // no number of this format is that long
            _ when Integer().IsMatch(text) => YamlScalar.Integer,
            _ when Number().IsMatch(text) => YamlScalar.Number,
            _ => YamlScalar.Text,
        };
    }

    [GeneratedRegex("^[-+]?[0-9]+\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Integer();

    [GeneratedRegex("^([-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN))\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
