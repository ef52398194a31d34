using System.Globalization;

namespace BackupModule.Host;

/// <summary>
/// English, said so. Without ICU every culture claims the language <c>iv</c>, and the engine breaks lines between words
/// only for languages that it knows to have spaces.
/// </summary>
internal sealed class EnglishCulture() : CultureInfo("en-US")
{
    public override string TwoLetterISOLanguageName => "en";
}
