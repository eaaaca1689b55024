"""Personal data by name: what a property's name says of a person, in the languages that tables of
services are written in. A guess for somebody to look at; nothing is decided by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from portwright import names

_SPECIAL = "data of a special category"
# Phrases by what they name. A star stands for the rest of a word, as in German compounds. What is
# written as several words is met as one word, too: `date of birth` is also `dateofbirth`. What says
# something else in other company is a whole name only, and begins with `=`.
_PHRASES: Mapping[str, str] = {
    "a person's name": """
        first name, last name, full name, given name, family name, middle name, maiden name, birth
        name, surname, forename, legal name, =display name, nickname, salutation, initials, customer
        name, user full name, contact name, person name, employee name, patient name, client name,
        member name, author name, passenger name, guest name, driver name, recipient name, receiver
        name, consignee name, visitor name, payer name, payee name, sender name, cardholder,
        cardholder name, account holder, holder name, owner name, student name, buyer name,
        subscriber name, applicant name, reviewer name, next of kin, fname, lname, mname, =f name,
        =l name, first nm, last nm, full nm, vorname*, nachname*, familienname, geburtsname,
        kundenname, kontoinhaber*, *ansprechpartner, anrede, mitarbeitername, empfaengername,
        prenom*, nom famille, nom de famille, nom client, nom du client, nom complet, nom naissance,
        apellido, apellidos, primer nombre, nombre completo, nombre cliente, nombre de pila,
        cognome, nome completo, nome cliente, sobrenome, apelido, nome proprio, voornaam*,
        achternaam*, tussenvoegsel, klantnaam, volledige naam, imie, nazwisko, imie nazwisko,
        fornamn, efternamn, fornavn, etternavn, efternavn, etunimi, sukunimi, фамилия, отчество,
        фио, 姓名, 氏名, 名前, 성명""",
    "an e-mail address": """
        email, e mail, email id, =mail, =mail id, mail address, email address, email addr,
        mailadresse, *emailadresse, courriel, adresse mail, adresse email, correo, correo
        electronico, posta elettronica, e mailadres, emailadres, mailadres, adres email, e post,
        epost, epostadress, sahkoposti, 電子メール, メール,
        メールアドレス, 邮箱, 電郵, 이메일, почта""",
    "a phone number": """
        phone, telephone, =tel no, =ph no, telno, phno, phone number, phone no, mobile number,
        mobile phone, mobile no, cell phone, cellphone, cell number, =mobile, msisdn, fax, fax
        number, landline, whatsapp, telefon*, *telefon, *telefonnummer, rufnummer*, handynummer,
        mobilnummer, mobiltelefon, numero telephone, numero de telephone, =tel, num tel, telefono,
        telefone, movil, celular, numero cellulare, cellulare, telemovel, telefoonnummer, mobiel
        nummer, puhelin*, 電話, 電話番号, 电话, 手机, 手机号, 전화, 전화번호, телефон""",
    "a postal address": """
        address, street, street name, house number, postal code, postcode, post code, =zip, zip
        code, zipcode, address line, addr, home address, po box, apartment number, *anschrift,
        *adresse, *strasse, strassenname, hausnummer, hausnr, plz, postleitzahl, wohnort,
        adresse*, rue, code postal, calle, direccion, domicilio, codigo postal, indirizzo, codice
        postale, endereco, morada, rua, cep, straat*, huisnummer, adres, kod pocztowy, ulica,
        gatuadress, postnummer, adress, 住所, 地址, 邮编, 郵便番号, 주소, адрес""",
    "a day or place of birth": """
        date of birth, birth date, birthday, bday, b day, birth dt, dob, birth day, birth year, year
        of birth, born on, born at, place of birth, birth place, =age, geburtsdatum, geburtstag,
        geburtsort, geburtsjahr, geb datum, date naissance, date de naissance, lieu naissance, lieu
        de naissance, fecha nacimiento, fecha de nacimiento, lugar nacimiento, data nascita, data di
        nascita, luogo nascita, data nascimento, data de nascimento, geboortedatum, geboorteplaats,
        data urodzenia, fodelsedatum, fodselsdato, 生年月日, 出生日期, 생년월일""",
    "a number that names a person to the state": """
        ssn, national id number, passport id, social security number, social security no, social
        security, social insurance number, national id, national identifier, national insurance
        number, nino, nhs number, passport, passport number, passport no, tax id, tax number,
        taxpayer id, driver license, driver licence, drivers license, drivers licence, driving
        license, driving licence, id card, id card number, identity card, aadhaar, itin, ssn last4,
        personalausweis*, ausweisnummer, reisepass*, steuernummer, steuer id, steuerid, idnr,
        sozialversicherungsnummer, rentenversicherungsnummer, fuehrerschein*,
        krankenversichertennummer, numero securite sociale, numero de securite sociale, =nir,
        passeport, permis conduire, dni, =nif, =nie, pasaporte, cpf, =rg, codice fiscale,
        passaporto, carta identita, passaporte, bsn, burgerservicenummer, paspoort*, pesel, dowod
        osobisty, personnummer, cpr, fodselsnummer, henkilotunnus, паспорт, инн, снилс, 身份证,
        身份证号, 护照, マイナンバー, 주민등록번호""",
    "an account or card of a person": """
        iban, card number, credit card, credit card number, card no, cardno, debit card, pan
        number, primary account number, cvv, cvc, card expiry, bank account, bank account number,
        account number, account no, sort code, routing number, kontonummer, kreditkarte*,
        kartennummer, bankverbindung, carte bancaire, carte credit, numero carte, compte
        bancaire, numero compte, =rib, tarjeta, tarjeta credito, numero tarjeta, cuenta bancaria,
        carta credito, numero carta, conto corrente, cartao, cartao credito, conta bancaria,
        rekeningnummer, bankrekening, numer konta, kontonr, 银行卡, 口座番号""",
    "what a person signs in with": """
        password, passwd, =pwd, passphrase, password hash, password salt, login id, user login,
        owner login, =handle, screen name, pin code, secret answer, security answer,
        username, user name, login name, =login, passwort*, kennwort*, benutzername, mot passe,
        mot de passe, nom utilisateur, nom d utilisateur, identifiant connexion, contrasena,
        nombre usuario, nombre de usuario, nome utente, senha, nome usuario, wachtwoord,
        gebruikersnaam, haslo, losenord, 密码, 用户名, パスワード, пароль""",
    "an address or mark of a person's device": """
        ip, ip address, ip addr, ipaddr, ipv4, ipv6, remote addr, mac address, mac addr, device
        id, imei, imsi, advertising id, idfa, gaid, aaid, cookie id, user agent, useragent,
        browser fingerprint, device fingerprint, ip adresse, adresse ip, direccion ip, indirizzo
        ip, endereco ip, ip adres""",
    "where a person is": """
        latitude, longitude, lat, lng, lon, lat lng, lat lon, gps, geolocation, geo location, geo
        point, gps coordinates, breitengrad, laengengrad, standortdaten, latitud, longitud,
        latitudine, longitudine""",
    "what a person earns": """
        salary, wage, =income, annual income, gehalt*, *gehalt, lohn, einkommen, salaire, revenu,
        salario, sueldo, ingresos, stipendio, reddito, renda, salaris, inkomen, wynagrodzenie""",
    _SPECIAL: """
        gender, sex, religion, ethnicity, ethnic origin, ethnic group, nationality, citizenship,
        marital status, sexual orientation, political opinion, political party, trade union,
        union membership, diagnosis, medical record, medical record number, mrn, medical history,
        medical condition, disability, blood type, blood group, health insurance, health
        condition, allergy, allergies, biometric*, genetic*, criminal record, geschlecht,
        konfession, staatsangehoerigkeit, nationalitaet, familienstand, diagnose*, krankenkasse,
        schwerbehinder*, blutgruppe, =sexe, nationalite, etat civil, etat matrimonial, groupe
        sanguin, sexo, genero, nacionalidad, estado civil, grupo sanguineo, sesso, nazionalita,
        stato civile, gruppo sanguigno, nacionalidade, geslacht, nationaliteit, burgerlijke
        staat, plec, narodowosc, 性别, 性別, 国籍, 성별""",
    "a picture of a person": """
        photo, profile picture, profile photo, avatar, selfie, lichtbild, passbild, profilbild,
        photo identite, foto, fotografia""",
}
# What looks like one of them and is none.
_NONE = """
    address type, web address, server address, host address, memory address, contract address,
    wallet address, token address, street type, phone model, phone type, phone brand, email
    template, email subject, email domain, product photo, photo count, age group, sex ratio,
    brand owner name, warehouse address, store address, shop address, company address, business
    address, office address, branch address, supplier address, vendor address, manufacturer
    address, manufacturers address, site address, ip range, ip version, item
    photo, product diagnosis"""
# What is told *about* such a thing, as it ends or begins a name.
_ABOUT_LAST = frozenset("""
    at by on count counts sent status state type kind verified valid validated enabled disabled
    template flag format total rate opened bounced clicked confirmed required version source
    channel campaign provider amount seq sequence anzahl""".split())
_ABOUT_FIRST = frozenset("is has was num number count days max min avg total".split())
# What refers to such a thing, and is none itself; of a special category even that says it.
_REFERENCE = frozenset("id ids uuid guid fk".split())
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_Words = tuple[str, ...]


def guessed(name: str) -> str | None:
    """What of a person a property's name seems to say: `an e-mail address`; mostly None."""
    return _guessed(name[:200])


@lru_cache(4096)  # the same few names stand in every contract
def _guessed(name: str) -> str | None:
    # Capitals divide words, which other scripts than ours are not divided by.
    text = "".join(each if each.isascii() else each.lower() for each in name)
    for written in dict.fromkeys((text, text.translate(_UMLAUTS))):
        if found := _first(tuple(names.words(written))):
            return found
    return None


def _first(words: _Words) -> str | None:
    """What the longest phrase in the words says, then the first."""
    known = _table()
    for length in range(min(len(words), known.longest), 0, -1):
        for start in range(len(words) - length + 1):
            part = words[start : start + length]
            if length == len(words) and part in known.whole:
                return known.whole[part]
            kind = known.phrases.get(part)
            if kind is None and length == 1:
                kind = known.by_stem(part[0])
            if kind is None or _is_about(words, start, length):
                continue
            if start + length < len(words) and words[-1] in _REFERENCE and kind != _SPECIAL:
                continue
            return kind or None
    return None


def _is_about(words: _Words, start: int, length: int) -> bool:
    """Whether the words tell something about what is named there."""
    end = start + length
    return (start > 0 and words[0] in _ABOUT_FIRST) or (
        end < len(words) and words[-1] in _ABOUT_LAST
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """What phrases say; what is no data of a person says the empty text."""

    phrases: Mapping[_Words, str]
    whole: Mapping[_Words, str]
    begins: Mapping[str, str]
    ends: Mapping[str, str]
    longest: int

    def by_stem(self, word: str) -> str | None:
        for stem, kind in self.begins.items():
            if word.startswith(stem):
                return kind
        return next((kind for stem, kind in self.ends.items() if word.endswith(stem)), None)


@cache
def _table() -> _Table:
    phrases: dict[_Words, str] = {}
    whole: dict[_Words, str] = {}
    begins: dict[str, str] = {}
    ends: dict[str, str] = {}
    for phrase, kind in _read():
        words = tuple(names.words(phrase))
        if phrase.startswith("="):
            whole[words] = kind
        elif phrase.endswith("*"):
            begins["".join(words)] = kind
        elif phrase.startswith("*"):
            ends["".join(words)] = kind
        else:
            phrases[words] = kind
            if phrase.isascii():
                phrases.setdefault(("".join(words),), kind)
    longest = max(map(len, (*phrases, *whole)))
    return _Table(phrases, whole, begins, ends, longest)


def _read() -> Iterator[tuple[str, str]]:
    for kind, written in (*_PHRASES.items(), ("", _NONE)):
        for phrase in written.split(","):
            yield " ".join(phrase.split()), kind
